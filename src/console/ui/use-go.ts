/** Going to another page of the console. What react-router gives back is of no use here: nothing waits for a page. */
import { useCallback } from 'react';
import { type NavigateOptions, useNavigate } from 'react-router';

export function useGo(): (to: string, options?: NavigateOptions) => void {
  const navigate = useNavigate();
  return useCallback((to, options) => void navigate(to, options), [navigate]);
}
